// The alarm's sound: one looped buffer for each urgency, so that no timer has to fire in time
// (browsers slow the timers of hidden pages down to one a minute).

/** @typedef {{ hz: number, beeps: number, beep_s: number, every_s: number }} Pattern */

/** @type {Record<string, Pattern>} by priority, and for a line that has gone silent */
const PATTERNS = {
  1: { hz: 988, beeps: 3, beep_s: 0.16, every_s: 1.6 },
  2: { hz: 784, beeps: 2, beep_s: 0.2, every_s: 2.6 },
  3: { hz: 587, beeps: 1, beep_s: 0.3, every_s: 5 },
  line: { hz: 220, beeps: 2, beep_s: 0.5, every_s: 4 },
};
const LOUDNESS = 0.35;
const EDGE_S = 0.012; // rise and fall of a beep, against clicks

export class Sound extends EventTarget {
  #context = new AudioContext();
  /** @type {AudioBufferSourceNode | null} */ #playing = null;
  /** The pattern that sounds now, or would if the browser let it. */
  pattern = "";

  constructor() {
    super();
    for (const gesture of ["pointerdown", "keydown"])
      addEventListener(gesture, () => this.turnOn(), true);
    this.#context.addEventListener("statechange", () => this.dispatchEvent(new Event("change")));
  }

  /** Browsers keep a page mute until its reader first presses something. */
  get blocked() {
    return this.#context.state !== "running";
  }

  /** Has an effect only while the browser sees its reader press something. */
  turnOn() {
    void this.#context.resume();
  }

  /** Repeats a pattern until another one is asked for; "" is silence. @param {string} pattern */
  play(pattern) {
    if (pattern === this.pattern) return;
    this.pattern = pattern;
    this.#playing?.stop();
    this.#playing = null;
    const wanted = PATTERNS[pattern];
    if (!wanted) return;
    const source = this.#context.createBufferSource();
    source.buffer = this.#render(wanted);
    source.loop = true;
    source.connect(this.#context.destination);
    source.start();
    this.#playing = source;
  }

  /** @param {Pattern} pattern */
  #render({ hz, beeps, beep_s, every_s }) {
    const rate = this.#context.sampleRate;
    const buffer = this.#context.createBuffer(1, Math.round(every_s * rate), rate);
    const samples = buffer.getChannelData(0);
    for (let beep = 0; beep < beeps; beep += 1) {
      const from = Math.round(beep * beep_s * 1.6 * rate);
      for (let i = 0; i < beep_s * rate; i += 1) {
        const edge = Math.min(1, i / rate / EDGE_S, (beep_s - i / rate) / EDGE_S);
        const wave = Math.sin((2 * Math.PI * hz * i) / rate);
        samples[from + i] = LOUDNESS * edge * wave;
      }
    }
    return buffer;
  }
}
