package dev.signalbox.exec;

/** The numbers of errors on Linux that are dealt with by name. */
final class Errno {
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int ECHILD = 10;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ETXTBSY = 26;

    private Errno() {}

    /** For people: what it means and what to do. {@code errno} is positive. */
    static String explain(int errno) {
        return switch (errno) {
            case ENOENT -> "the interpreter that its first line (#!) names, or the folder to run in, is not there";
            case EACCES ->
                "access is denied (EACCES); it, its interpreter or the folder is not for this user,"
                        + " or the file system is mounted noexec";
            case ENOEXEC -> "it is neither a program nor does it begin with #! and its interpreter";
            case E2BIG ->
                "its arguments and environment are too large (E2BIG; a single one may have 128 KiB);"
                        + " pass them by stdin or in a file";
            case ETXTBSY -> "the file is still open for writing (ETXTBSY); close it first";
            case EMFILE, ENFILE -> "no file descriptors are left; raise the limit (ulimit -n), or run fewer at a time";
            case EAGAIN -> "the limit of processes is reached (EAGAIN); raise it (ulimit -u), or run fewer at a time";
            case ENOMEM -> "there is not enough memory";
            default -> "error " + errno;
        };
    }
}
