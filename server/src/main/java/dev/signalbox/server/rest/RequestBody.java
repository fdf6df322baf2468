package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads request bodies within bounds. */
public final class RequestBody {
    private RequestBody() {}

    public static JsonNode json(Request request, int most) throws IOException {
        return parse(bytes(request, most));
    }

    /** A JSON body where none is needed; empty without one. */
    public static Optional<JsonNode> optionalJson(Request request, int most) throws IOException {
        byte[] body = bytes(request, most);
        return body.length == 0 ? Optional.empty() : Optional.of(declaredJson(request, body));
    }

    /** A JSON body, with the content type that says so. */
    public static JsonNode declaredJson(Request request, int most) throws IOException {
        return declaredJson(request, bytes(request, most));
    }

    private static JsonNode declaredJson(Request request, byte[] body) {
        if (!type(request).equals("application/json")) {
            throw unsupportedType(request, "application/json");
        }
        return parse(body);
    }

    /** A body of a type that is not JSON, with the content type that says so. */
    public static byte[] declared(Request request, String type, int most) throws IOException {
        if (!type(request).equals(type)) {
            throw unsupportedType(request, type);
        }
        return bytes(request, most);
    }

    /** A body of any type. */
    public static byte[] bytes(Request request, int most) throws IOException {
        refuseLongerThan(request, most);
        try (InputStream in = request.body()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw Problems.tooLarge(most);
            }
            return body;
        }
    }

    /** Refuses early what says that it is too long. What does not say is counted as it is read. */
    public static void refuseLongerThan(Request request, long most) {
        if (request.contentLength().orElse(0) > most) {
            throw Problems.tooLarge(most);
        }
    }

    /** The media type without its parameters, in lower case; empty if there is none. */
    public static String type(Request request) {
        return request.header("Content-Type")
                .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    public static Problem unsupportedType(Request request, String accepted) {
        String sent =
                request.header("Content-Type").map(type -> "'" + type + "'").orElse("none");
        return new Problem(415, "the content type is " + sent + "; accepted are " + accepted)
                .header("Accept", accepted);
    }

    private static JsonNode parse(byte[] body) {
        try {
            return Json.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            throw new Problem(400, "the body is not UTF-8");
        } catch (Json.Malformed malformed) {
            throw new Problem(
                            400,
                            "the body is not JSON: line " + malformed.line + ", column " + malformed.column + ": "
                                    + FailureText.of(malformed))
                    .with("line", malformed.line)
                    .with("column", malformed.column);
        }
    }
}
