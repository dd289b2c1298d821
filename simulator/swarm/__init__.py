"""Random worlds by the thousand, each judged, and each failure made small and repeatable."""
