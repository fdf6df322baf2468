package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which messages are meant, in the words of the REST API. */
final class QueueFilter {
    @Option(names = "--state", description = "Only those in this state, such as pending, sent, dead, unknown.")
    private @Nullable String state;

    @Option(names = "--channel", description = "Only those whose current step is on this channel, such as sms.")
    private @Nullable String channel;

    @Option(names = "--address", description = "Only those to this address, without the channel's name.")
    private @Nullable String address;

    @Option(names = "--text", description = "Only those whose body has this text.")
    private @Nullable String text;

    @Option(names = "--reason", description = "Only those whose last error has this text.")
    private @Nullable String reason;

    @Option(names = "--tag", description = "Only those with this tag.")
    private @Nullable String tag;

    @Option(names = "--after", paramLabel = "TIME", description = "Only those accepted after this time (RFC 3339).")
    private @Nullable String after;

    @Option(names = "--before", paramLabel = "TIME", description = "Only those accepted before this time (RFC 3339).")
    private @Nullable String before;

    /** What was given, by the API's names. */
    Map<String, String> given() {
        var given = new LinkedHashMap<String, String>();
        put(given, "state", state == null ? null : state.toUpperCase(Locale.ROOT));
        put(given, "channel", channel);
        put(given, "address", address);
        put(given, "text", text);
        put(given, "reason", reason);
        put(given, "tag", tag);
        put(given, "after", after);
        put(given, "before", before);
        return given;
    }

    private static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null && value.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "--" + name + " is empty; leave it out to mean all");
        }
        if (value != null) {
            given.put(name, value);
        }
    }
}
