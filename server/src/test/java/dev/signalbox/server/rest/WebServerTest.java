package dev.signalbox.server.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a client sees of handlers that end in every way. */
class WebServerTest {
    private static final ErrorAnswers ERRORS = new ErrorAnswers(Map.of());

    private interface Answering {
        void answer(Response response) throws IOException;
    }

    private static String answer(Answering handler) throws IOException {
        return answer("1.1", handler);
    }

    private static String answer(String version, Answering handler) throws IOException {
        Handler behindErrors = (request, response) -> ERRORS.answering(response, () -> handler.answer(response));
        try (var server = WebServer.start(ControlPlane.Options.local(0), behindErrors);
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET / HTTP/" + version + "\r\nHost: a\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void aStreamEndsWhenItsHandlerReturns() throws Exception {
        String answer = answer(response -> write(response.outputStream(), "part"));

        assertThat(answer).startsWith("HTTP/1.1 200").contains("part").endsWith("0\r\n\r\n");
    }

    @Test
    void aStreamForAnOldClientEndsWithTheConnection() throws Exception {
        String answer = answer("1.0", response -> write(response.outputStream(), "part"));

        assertThat(answer).contains(" 200").endsWith("part").doesNotContain("Transfer-Encoding");
    }

    @Test
    void aStreamWhoseHandlerFailsAfterItsFirstByteIsCutAndDoesNotLookComplete() throws Exception {
        String answer = answer(response -> {
            try (OutputStream out = response.outputStream()) {
                write(out, "part");
                out.flush();
                throw new IllegalStateException("the rest cannot be read");
            }
        });

        assertThat(answer).startsWith("HTTP/1.1 200").contains("part").doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void aStreamWhoseHandlerFailsBeforeItsFirstByteIsAProblem() throws Exception {
        String answer = answer(response -> {
            try (OutputStream out = response.outputStream()) {
                write(out, "part");
                throw new IllegalStateException("the rest cannot be read");
            }
        });

        assertThat(answer)
                .startsWith("HTTP/1.1 500")
                .contains("application/problem+json", "Content-Length", "the server's log has the details under")
                .doesNotContain("Transfer-Encoding", "part");
    }

    @Test
    void aStreamThatIsRefusedBeforeItsFirstByteIsThatProblem() throws Exception {
        String answer = answer(response -> {
            write(response.outputStream(), "part");
            throw new Problem(409, "not now");
        });

        assertThat(answer)
                .startsWith("HTTP/1.1 409")
                .endsWith("\"not now\"}")
                .doesNotContain("Transfer-Encoding", "part");
    }

    @Test
    void aFailureWithoutAMessageIsAnInternalErrorWithALogId() throws Exception {
        String answer = answer(response -> {
            throw new IllegalStateException();
        });

        assertThat(answer)
                .startsWith("HTTP/1.1 500")
                .contains("the server's log has the details under")
                .doesNotContain("IllegalState", "null");
    }

    @Test
    void aHandlerThatSendsNothingStillAnswers() throws Exception {
        assertThat(answer(response -> response.status(204))).startsWith("HTTP/1.1 204");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
    }
}
