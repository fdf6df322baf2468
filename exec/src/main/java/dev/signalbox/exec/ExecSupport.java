package dev.signalbox.exec;

/**
 * What this platform can promise.
 *
 * @param processGroups whether each command has a process group of its own (Linux on x86-64 and AArch64 with glibc 2.34 and
 *     kernel 5.3 or newer, native access not denied). If so, ending a command reaches every process it has started, those
 *     included that have lost their parent; a process id that was used again is never hit; a command returns although a
 *     process it left behind keeps its outputs open. If not, {@link ProcessBuilder} runs the commands: ending one reaches
 *     the descendants that the system still shows as such, an end by a signal looks like the exit code 128 + number, and
 *     {@link Command#proxy} leaves the terminal alone.
 * @param reason what runs the commands and, if that is ProcessBuilder, what is missing here; for people
 */
public record ExecSupport(boolean processGroups, String reason) {

    /** That of this JVM. */
    public static ExecSupport current() {
        return Backends.best().support();
    }
}
