package dev.signalbox.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the commands' exit codes mean; part of the interface that scripts use. */
final class ExitCode {
    static final int OK = 0;
    /** Something failed that no other code names. */
    static final int FAILED = 1;
    /** The command line or the configuration is wrong. */
    static final int USAGE = 2;
    /** The server refused a message, or some rows. */
    static final int REFUSED = 3;
    /** The server cannot be reached, or does not accept the token. */
    static final int UNREACHABLE = 4;

    /** For the help of every command. */
    static final Map<String, String> LIST = list();

    private static Map<String, String> list() {
        var list = new LinkedHashMap<String, String>();
        list.put("  0", "done");
        list.put("  1", "failed");
        list.put("  2", "the command line or the configuration is wrong");
        list.put("  3", "the server refused the message, or some rows");
        list.put("  4", "the server cannot be reached, or refuses the token");
        return list;
    }

    private ExitCode() {}
}
