from firmware.supervisor import TASKS, Supervisor


def test_the_watchdog_is_fed_only_when_every_task_checked_in():
    supervisor = Supervisor()
    for _ in range(2):
        assert [supervisor.alive(task) for task in TASKS] == [False, False, True]
    for _ in range(9):
        assert not supervisor.alive("core")
        assert not supervisor.alive("link")
    assert supervisor.alive("gnss")
