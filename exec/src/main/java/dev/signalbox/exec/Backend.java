package dev.signalbox.exec;

import java.nio.file.Path;

/** A way to start processes. */
interface Backend {

    /** What becomes of the outputs. */
    enum Outputs {
        SEPARATE,
        /** Both go to the first sink. */
        COMBINED,
        /** Those of this process, and its input too. */
        INHERITED
    }

    /**
     * What to start.
     *
     * @param executable absolute, and seen to be executable
     */
    record Launch(Command command, Path executable, Outputs outputs, Sink out, Sink err) {}

    /** Starts it. @throws ExecException if that fails; then nothing is left of it */
    Run start(Launch launch);

    ExecSupport support();
}
