package dev.signalbox.exec;

import java.util.Map;

/** How a process ended. */
public sealed interface Exit {

    /** It ended by itself. {@code value} is 0 to 255. */
    record Code(int value) implements Exit {
        @Override
        public boolean success() {
            return value == 0;
        }

        @Override
        public int shellCode() {
            return value;
        }

        @Override
        public String toString() {
            return "exit code " + value;
        }
    }

    /** A signal ended it. Where {@link ExecSupport#processGroups()} is false, this is a {@link Code} of 128 + number. */
    record Signal(int number) implements Exit {
        private static final Map<Integer, String> NAMES = Map.of(
                1, "HUP", 2, "INT", 3, "QUIT", 6, "ABRT", 8, "FPE", 9, "KILL", 11, "SEGV", 13, "PIPE", 14, "ALRM", 15,
                "TERM");

        @Override
        public boolean success() {
            return false;
        }

        @Override
        public int shellCode() {
            return 128 + number;
        }

        @Override
        public String toString() {
            String name = NAMES.get(number);
            return "signal " + number + (name == null ? "" : " (" + name + ")");
        }
    }

    /**
     * It has ended, and nobody can tell how: other code in this JVM took its exit status, by ignoring SIGCHLD or by waiting for
     * children that are not its own.
     */
    record Unknown() implements Exit {
        @Override
        public boolean success() {
            return false;
        }

        /** 255, as for an error that is no exit code of its own. */
        @Override
        public int shellCode() {
            return 255;
        }

        @Override
        public String toString() {
            return "an unknown exit code (other code in this JVM took it: SIGCHLD is ignored, or all children are waited for)";
        }
    }

    boolean success();

    /** As a shell's {@code $?} has it: the code, or 128 + the signal's number. */
    int shellCode();
}
