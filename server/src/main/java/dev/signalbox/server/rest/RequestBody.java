package dev.signalbox.server.rest;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Reads request bodies within bounds. */
public final class RequestBody {
    private RequestBody() {}

    public static JsonNode json(ServerRequest request, int most) throws IOException {
        refuseLongerThan(request, most);
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw Problems.tooLarge(most);
            }
            return parse(body);
        }
    }

    /** Refuses early what says that it is too long. What does not say is counted as it is read. */
    public static void refuseLongerThan(ServerRequest request, long most) {
        if (request.headers().contentLength().orElse(0) > most) {
            throw Problems.tooLarge(most);
        }
    }

    /** The media type without its parameters, in lower case; empty if there is none. */
    public static String type(ServerRequest request) {
        return request.headers()
                .contentType()
                .map(type -> type.mediaType().text())
                .orElse("");
    }

    public static Problem unsupportedType(ServerRequest request, String accepted) {
        String sent = request.headers()
                .contentType()
                .map(type -> "'" + type.text() + "'")
                .orElse("none");
        return new Problem(
                        Status.UNSUPPORTED_MEDIA_TYPE_415, "the content type is " + sent + "; accepted are " + accepted)
                .header(HeaderNames.ACCEPT.defaultCase(), accepted);
    }

    private static JsonNode parse(byte[] body) {
        try {
            return Json.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            throw new Problem(Status.BAD_REQUEST_400, "the body is not UTF-8");
        } catch (Json.Malformed malformed) {
            throw new Problem(
                            Status.BAD_REQUEST_400,
                            "the body is not JSON: line " + malformed.line + ", column " + malformed.column + ": "
                                    + malformed.getMessage())
                    .with("line", malformed.line)
                    .with("column", malformed.column);
        }
    }
}
