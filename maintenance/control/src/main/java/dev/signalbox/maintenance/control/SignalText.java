package dev.signalbox.maintenance.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A signal as text, for people to type into a file or into etcd. The first line turns maintenance on if it is {@code true},
 * {@code 1}, {@code on}, {@code enabled}, {@code maintenance} or {@code yes}, in any case; anything else is off, and so is an
 * empty text. The lines after it are optional:
 *
 * <pre>
 * on
 * reason: new disk
 * actor: alice
 * until: 2026-11-26T10:00:00Z
 * </pre>
 */
public final class SignalText {
    private static final Set<String> ON = Set.of("true", "1", "on", "enabled", "maintenance", "yes");
    private static final int LONGEST = 4096;

    private SignalText() {}

    /**
     * Reads a text. Details that cannot be read are left out: a mistake in a comment must not keep a node from a maintenance. An
     * end that cannot be read is no end, and the reason says so.
     *
     * @param actor who it is from if the text does not say
     */
    public static Optional<Signal> parse(String text, String actor) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        var lines = text.strip().lines().toList();
        if (lines.isEmpty() || !isOn(lines.getFirst())) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        lines.stream().skip(1).forEach(line -> {
            String[] parts = line.split(":", 2);
            if (parts.length == 2) {
                fields.put(parts[0].strip().toLowerCase(Locale.ROOT), parts[1].strip());
            }
        });
        return Optional.of(signal(fields, actor));
    }

    /** Whether a word means on. */
    public static boolean isOn(String word) {
        return ON.contains(word.strip().toLowerCase(Locale.ROOT));
    }

    private static Signal signal(Map<String, String> fields, String actor) {
        String reason = fields.getOrDefault("reason", "");
        String until = fields.get("until");
        String from = cut(fields.getOrDefault("actor", actor), 100);
        if (until == null) {
            return Signal.of(from, cut(reason, 500));
        }
        try {
            return Signal.of(from, cut(reason, 500)).until(Instant.parse(until));
        } catch (DateTimeException notATime) {
            return Signal.of(from, cut("(its end is no time like 2026-11-26T10:00:00Z and is ignored) " + reason, 500));
        }
    }

    private static String cut(String text, int longest) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.substring(0, Math.min(longest, line.length()));
    }

    /** Writes a signal such that {@link #parse} reads the same. */
    public static String format(Signal signal) {
        String text = "on\nactor: " + signal.actor() + "\nreason: " + signal.reason() + "\n";
        return signal.until().map(end -> text + "until: " + end + "\n").orElse(text);
    }
}
