package dev.signalbox.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/asyncapi.json says what docs/protocol.md and the server say. */
@Timeout(120)
class AsyncApiTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path DOCS = Path.of("..", "docs");
    private static final String BASE = "https://signalbox.test/asyncapi.json";
    private static final String ID = "019a4f2e-0000-7000-8000-000000000000";

    @TempDir
    private Path folder;

    private final JsonNode document;
    private final String protocol;
    private final SchemaRegistry schemas;

    AsyncApiTest() throws IOException {
        String text = Files.readString(DOCS.resolve("asyncapi.json"));
        document = JSON.readTree(text);
        protocol = Files.readString(DOCS.resolve("protocol.md"));
        schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, registry -> registry.schemas(Map.of(BASE, text)));
    }

    private List<Error> faults(String side, JsonNode frame) {
        String name = side + "-" + frame.path("type").asString();
        assertThat(document.path("components").path("schemas").has(name))
                .as("a schema for %s", frame)
                .isTrue();
        return schemas.getSchema(SchemaLocation.of(BASE + "#/components/schemas/" + name))
                .validate(frame);
    }

    private List<JsonNode> examples(String heading) {
        int from = protocol.indexOf(heading);
        return Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
                .matcher(protocol.substring(from, protocol.indexOf("\n## ", from)))
                .results()
                .map(MatchResult::group)
                .flatMap(block -> Arrays.stream(block.split("\\n(?=\\{)|```json\\n|```")))
                .filter(each -> !each.isBlank())
                .map(each -> JSON.readTree(each.replace("019a4f2e-…", ID)))
                .toList();
    }

    private Set<String> types(String side) {
        return document.path("components").path("schemas").propertyNames().stream()
                .filter(name -> name.startsWith(side + "-"))
                .map(name -> name.substring(side.length() + 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void assertDescribes(String side, List<JsonNode> examples) {
        assertThat(examples)
                .isNotEmpty()
                .allSatisfy(each ->
                        assertThat(faults(side, each)).as(each.toString()).isEmpty());
    }

    @Test
    void itDescribesTheFramesOfTheProtocolAndNoOthers() {
        List<JsonNode> client = examples("## What a client sends");
        List<JsonNode> server = examples("## What the server sends");
        assertDescribes("client", client);
        assertDescribes("server", server);

        assertThat(types("client"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(named(client), Stream.of("auth")).toList());
        assertThat(types("server"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(named(server), Stream.of("pong")).toList());
    }

    private static Stream<String> named(List<JsonNode> frames) {
        return frames.stream().map(each -> each.path("type").asString()).distinct();
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryCodeIsThere() {
        document.findValues("$ref")
                .forEach(reference -> assertThat(
                                document.at(reference.stringValue().substring(1))
                                        .isMissingNode())
                        .as(reference.toString())
                        .isFalse());
        JsonNode codes = document.at("/components/schemas/ErrorCode/enum");
        assertThat(StreamSupport.stream(codes.spliterator(), false).map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    }

    /** What a server really says, member by member: its schemas allow no other. */
    @Test
    void aServerSaysNothingElse() {
        List<JsonNode> told = new CopyOnWriteArrayList<>();
        try (Server server = server();
                HttpClient http = HttpClient.newHttpClient()) {
            WebSocket socket = connect(http, server, told);
            for (String frame : List.of(
                    "{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"rooms/1\"}",
                    "{\"type\":\"subscribe\",\"id\":\"2\",\"topic\":\"rooms/*\"}",
                    "{\"type\":\"publish\",\"id\":\"3\",\"topic\":\"rooms/1\",\"text\":\"x\",\"key\":\"k\",\"headers\":{\"a\":\"b\"}}",
                    "{\"type\":\"publish\",\"id\":\"4\",\"topic\":\"rooms/1\",\"base64\":\"AA==\",\"key\":\"k\"}",
                    "{\"type\":\"publish\",\"id\":\"5\",\"topic\":\"rooms/1\",\"json\":{},\"volatile\":true}",
                    "{\"type\":\"presence\",\"id\":\"6\",\"topic\":\"rooms/1\"}",
                    "{\"type\":\"send\",\"id\":\"7\",\"to\":[\"client:alice\",\"client:nobody\",\"logic:nobody\"],\"base64\":\"AA==\"}",
                    "{\"type\":\"send\",\"id\":\"8\",\"to\":\"client:alice\",\"text\":\"x\",\"ack\":true,\"within\":60000}",
                    "{\"type\":\"request\",\"id\":\"9\",\"to\":\"logic:nobody\",\"text\":\"x\"}",
                    "{\"type\":\"unsubscribe\",\"id\":\"10\",\"topic\":\"rooms/1\"}",
                    "{\"type\":\"subscribe\",\"id\":\"11\",\"topic\":\"secret\"}",
                    "{\"type\":\"ping\",\"id\":\"12\"}")) {
                assertThat(faults("client", JSON.readTree(frame))).as(frame).isEmpty();
                if (frame.contains("volatile")) { // which only those get who have all that came before
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> told.stream().anyMatch(each -> each.has("in")));
                }
                socket.sendText(frame, true).join();
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(told)
                            .as("the last, what is volatile, in a pattern, with a header, to be acknowledged")
                            .anyMatch(each -> is(each, "pong"))
                            .anyMatch(each -> is(each, "message") && each.has("topic") && !each.has("offset"))
                            .anyMatch(each -> each.has("in"))
                            .anyMatch(each -> each.has("headers"))
                            .anyMatch(each -> each.has("ack")));
            socket.abort();
        }

        assertDescribes("server", told);
        assertThat(named(told)).contains("welcome", "ok", "error", "message", "pong");
    }

    private static boolean is(JsonNode frame, String type) {
        return frame.path("type").asString().equals(type);
    }

    private static WebSocket connect(HttpClient http, Server server, List<JsonNode> told) {
        StringBuilder text = new StringBuilder();
        return http.newWebSocketBuilder()
                .header("Authorization", "Bearer the-token-of-alice")
                .buildAsync(URI.create(server.address("clients") + "?resume=new"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                        text.append(part);
                        if (last) {
                            told.add(JSON.readTree(text.toString()));
                            text.setLength(0);
                        }
                        from.request(1);
                        return CompletableFuture.completedStage(null);
                    }
                })
                .join();
    }

    private Server server() {
        List<String> sets = List.of(
                "data.folder=" + folder,
                "control.port=0",
                "clients.port=0",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "topics.rules.0.name=rooms/*",
                "topics.rules.0.publish=*",
                "topics.rules.0.subscribe=*",
                "topics.rules.0.presence=true");
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }
}
