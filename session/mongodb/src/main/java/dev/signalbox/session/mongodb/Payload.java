package dev.signalbox.session.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.bson.types.Binary;

/** Bytes as a field: text where they are UTF-8, such as JSON, so that people and other programs can read it. */
final class Payload {
    private Payload() {}

    static Object toField(byte[] payload) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException e) {
            return new Binary(payload);
        }
    }

    static byte[] toBytes(Object field) {
        return switch (field) {
            case String text -> text.getBytes(UTF_8);
            case Binary binary -> binary.getData();
            default -> String.valueOf(field).getBytes(UTF_8);
        };
    }
}
