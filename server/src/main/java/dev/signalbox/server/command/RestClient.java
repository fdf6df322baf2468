package dev.signalbox.server.command;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Talks to a server's REST API, and turns its problems into failures that a user understands. */
public final class RestClient {
    public static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient http;
    private final URI server;
    private final Optional<Secret> token;

    /** @param trust counts for https only */
    public RestClient(URI server, Optional<Secret> token, Trust trust) {
        requireServer(server);
        this.server = server;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(("https".equals(server.getScheme()) ? trust : Trust.nobody()).context())
                .build();
    }

    static void requireServer(URI server) {
        if (server.getScheme() == null || !server.getScheme().matches("https?") || server.getHost() == null) {
            throw new CommandFailure(ExitCode.USAGE, "'" + server + "' is not an http or https URL");
        }
    }

    public JsonNode get(String path) {
        return json(send(request(path).GET()));
    }

    /** What a server answered, whatever its status. */
    public record Answer(int status, JsonNode body) {}

    /** Asks for what a server may also answer with a status of a failure, such as its health. */
    public Answer ask(String path) {
        return sent(
                request(path).GET(), BodyHandlers.ofString(), answer -> new Answer(answer.statusCode(), json(answer)));
    }

    public JsonNode post(String path, JsonNode body) {
        return post(path, body, Map.of());
    }

    public JsonNode post(String path, JsonNode body, Map<String, String> headers) {
        return post(path, "application/json", JSON.writeValueAsBytes(body), headers);
    }

    /** Posts a command without a body. */
    public JsonNode post(String path) {
        return json(send(request(path).POST(BodyPublishers.noBody())));
    }

    /** Posts many messages; the answer has a line for each and one for all. */
    public String postBulk(String contentType, byte[] body) {
        BodyPublisher content = BodyPublishers.ofByteArray(body);
        return send(request("/api/messages").header("Content-Type", contentType).POST(content))
                .body();
    }

    public JsonNode post(String path, String contentType, byte[] body, Map<String, String> headers) {
        var request = request(path).header("Content-Type", contentType).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return json(send(request));
    }

    public JsonNode delete(String path) {
        return json(send(request(path).DELETE()));
    }

    /** The lines of an answer that goes on; close it. Each new line may take as long as it likes. */
    public Stream<String> lines(String path, String accept) {
        var request = HttpRequest.newBuilder(resolve(path)).header("Accept", accept);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.value()));
        return sent(request, BodyHandlers.ofLines(), this::linesOf);
    }

    private Stream<String> linesOf(HttpResponse<Stream<String>> answer) {
        if (answer.statusCode() >= 400) {
            throw failure(answer.statusCode(), answer.body().collect(Collectors.joining("\n")));
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(resolve(path)).timeout(PATIENCE).header("Accept", "application/json");
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.value()));
        return request;
    }

    private URI resolve(String path) {
        String base = server.toString();
        return URI.create(base.endsWith("/") ? base.substring(0, base.length() - 1) + path : base + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        return sent(request, BodyHandlers.ofString(), answer -> {
            if (answer.statusCode() >= 400) {
                throw failure(answer.statusCode(), answer.body());
            }
            return answer;
        });
    }

    private <B, R> R sent(HttpRequest.Builder request, BodyHandler<B> body, Function<HttpResponse<B>, R> read) {
        try {
            return read.apply(http.send(request.build(), body));
        } catch (SSLException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "TLS failed with " + server + " (" + FailureText.of(e)
                            + ")\nIf its certificate is your own, name it with --ca-file or SIGNALBOX_CA_FILE",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "no server answers at " + server + " (" + FailureText.of(e) + ")\nStart one with: signalbox serve",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private CommandFailure failure(int status, String body) {
        if (status == 401 || status == 403) {
            String whose = token.isPresent() ? "does not accept this token" : "asks for a token";
            return new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "the server at " + server + " " + whose + (status == 403 ? " for this command" : "")
                            + "\nGive one with --token-file or SIGNALBOX_TOKEN");
        }
        int exitCode = status >= 500 || status == TOO_MANY_REQUESTS ? ExitCode.FAILED : ExitCode.REFUSED;
        return new CommandFailure(exitCode, problem(status, body));
    }

    /** An RFC 9457 problem in words; another body as its status only. */
    private static String problem(int status, String body) {
        var problem = parse(body);
        var text = problem.path("detail").asString(problem.path("title").asString(""));
        String errors = StreamSupport.stream(problem.path("errors").spliterator(), false)
                .map(error -> error.path("field").asString("") + " "
                        + error.path("message").asString(""))
                .map(String::strip)
                .collect(Collectors.joining("; "));
        if (!errors.isEmpty() && !text.contains(errors)) {
            text = text.isEmpty() ? errors : text + ": " + errors;
        }
        if (problem.path("appended").isNumber()) {
            text += "; " + problem.path("appended").asLong() + " lines before it were appended";
        }
        return text.isEmpty() ? "the server answered with status " + status : text;
    }

    private JsonNode json(HttpResponse<String> answer) {
        var body = parse(answer.body());
        if (body.isMissingNode() && !answer.body().isEmpty()) {
            throw new CommandFailure(
                    ExitCode.FAILED, server + " is not a Signalbox server: its answer is not JSON\nCheck --url");
        }
        return body;
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException notJson) {
            return MissingNode.getInstance();
        }
    }
}
