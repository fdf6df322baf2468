package dev.signalbox.delivery.sms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON with gaps: {@code {{to}}}, {@code {{text}}} and {@code {{key}}}, each within a string, whose values are escaped. Immutable.
 */
final class BodyTemplate {
    private static final Pattern GAP = Pattern.compile("\\{\\{(to|text|key)}}");

    /** What a value must not be able to do. */
    private static final SmsMessage PROBE = new SmsMessage("\"}\\", "\",\"x\":\"\n", "'\"]");

    private record Piece(String text, boolean gap) {}

    private final List<Piece> pieces = new ArrayList<>();

    /**
     * The usual one is right and is not checked: each start of a server makes it, and the first look at JSON in a process takes a
     * twentieth of that.
     *
     * @throws IllegalArgumentException if it is not JSON, or a gap is not within a string
     */
    static BodyTemplate of(String template) {
        var body = new BodyTemplate(template);
        if (!template.equals(GenericProvider.USUAL_BODY)) {
            body.check(template);
        }
        return body;
    }

    private BodyTemplate(String template) {
        var gap = GAP.matcher(template);
        int at = 0;
        while (gap.find()) {
            pieces.add(new Piece(template.substring(at, gap.start()), false));
            pieces.add(new Piece(gap.group(1), true));
            at = gap.end();
        }
        pieces.add(new Piece(template.substring(at), false));
    }

    void check(String template) {
        if (!template.contains("{{to}}") || !template.contains("{{text}}")) {
            throw new IllegalArgumentException("the body has to contain {{to}} and {{text}}");
        }
        try {
            var plain = JsonMapper.shared().readTree(GAP.matcher(template).replaceAll("0"));
            var probed = JsonMapper.shared().readTree(fill(PROBE));
            if (plain.isObject() && probed.isObject() && plain.size() == probed.size()) {
                return;
            }
        } catch (JacksonException notJson) {
            throw new IllegalArgumentException(
                    "the body is not JSON with {{to}}, {{text}} and {{key}} within strings: "
                            + notJson.getOriginalMessage(),
                    notJson);
        }
        throw new IllegalArgumentException(
                "the body is not a JSON object with {{to}}, {{text}} and {{key}} in strings");
    }

    byte[] fill(SmsMessage message) {
        var body = new StringBuilder();
        for (var piece : pieces) {
            if (piece.gap()) {
                JsonStringEncoder.getInstance().quoteAsString(value(piece.text(), message), body);
            } else {
                body.append(piece.text());
            }
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String value(String gap, SmsMessage message) {
        return switch (gap) {
            case "to" -> message.to();
            case "text" -> message.text();
            default -> message.key();
        };
    }
}
