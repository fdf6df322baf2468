package dev.signalbox.server.command;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the commands' exit codes mean; part of the interface that scripts use. */
public final class ExitCode {
    public static final int OK = 0;
    /** Something failed that no other code names. */
    public static final int FAILED = 1;
    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;
    /** The server refused a message, or some rows. */
    public static final int REFUSED = 3;
    /** The server cannot be reached, or does not accept the token. */
    public static final int UNREACHABLE = 4;

    /** For the help of every command. */
    public static final Map<String, String> LIST = list();

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
