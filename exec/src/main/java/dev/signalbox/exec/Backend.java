package dev.signalbox.exec;

import java.nio.file.Path;
import java.util.List;

/** A way to start processes. */
interface Backend {

    /** What becomes of the outputs, unless the command sends them to files. */
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
     * @param words what it finds as its arguments, its own name first
     */
    record Launch(Command command, Path executable, List<String> words, Outputs outputs, Sink out, Sink err) {

        /** Whether the error output goes where the standard output goes. */
        boolean mergesErrors() {
            return outputs == Outputs.COMBINED
                    || (command.stdout().isPresent()
                            && command.stdout()
                                    .map(Redirect::file)
                                    .equals(command.stderr().map(Redirect::file)));
        }
    }

    /**
     * Starts a pipeline: the standard output of each is the input of the next. One alone is a pipeline of one.
     *
     * @return as many runs as launches, in their order
     * @throws ExecException if one cannot be started; then none of them is left
     */
    List<Run> start(List<Launch> pipeline);

    ExecSupport support();
}
