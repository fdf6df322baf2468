package dev.signalbox.observatory;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** JSON written field by field. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static JsonGenerator generator(Bytes out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    static void field(JsonGenerator json, String name, String value) {
        json.writeName(wellFormed(name));
        json.writeString(wellFormed(value));
    }

    /** A field of a record; JSON knows no numbers that are not finite, so those are texts. */
    static void any(JsonGenerator json, String name, Object value) {
        switch (value) {
            case Boolean truth -> {
                json.writeName(wellFormed(name));
                json.writeBoolean(truth);
            }
            case Long number -> {
                json.writeName(wellFormed(name));
                json.writeNumber(number);
            }
            case Double number
            when Double.isFinite(number) -> {
                json.writeName(wellFormed(name));
                json.writeNumber(number);
            }
            default -> field(json, name, value.toString());
        }
    }

    /** Half of a surrogate pair is not text, and would make Jackson give up the batch for one record's sake. */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '?' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
