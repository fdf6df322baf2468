package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes of streams as documented, each whole, cut in two at every byte, and byte by byte. */
class StreamCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final URI NOWHERE = URI.create("http://nowhere.invalid");

    static Stream<String> shapes() throws IOException {
        var names = new ArrayList<String>();
        index().fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    private static JsonNode index() throws IOException {
        return JSON.readTree(resource("index.json"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(StreamCorpusTest.class.getResourceAsStream("/streams/" + name))) {
            return in.readAllBytes();
        }
    }

    @Test
    void thereAreAtLeastFortyShapes() throws IOException {
        assertThat(shapes()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aStreamMeansTheSameWhereverTheNetworkCutIt(String shape) throws IOException {
        JsonNode expected = index().path(shape);
        byte[] bytes = resource(shape + ".stream");
        boolean lines = expected.path("framing").asText().equals("lines");
        var replay = new ReplayTransport(lines ? StreamFormat.NDJSON : StreamFormat.SSE);
        LlmClient client = LlmClient.builder()
                .model(LlmModel.of("m", endpoint(lines), format -> replay))
                .options(LlmOptions.DEFAULT
                        .withRetries(0, LlmOptions.DEFAULT.backoff())
                        .withCircuit(0, LlmOptions.DEFAULT.circuitOpen()))
                .build();
        for (int cut = 0; cut < bytes.length; cut++) {
            replay.feed(bytes, cut);
            check(client, expected, shape + " cut at " + cut);
        }
        replay.feed(bytes, everyByte(bytes.length));
        check(client, expected, shape + " byte by byte");
    }

    private static Integer[] everyByte(int length) {
        return Stream.iterate(1, at -> at < length, at -> at + 1).toArray(Integer[]::new);
    }

    private static LlmEndpoint endpoint(boolean lines) {
        return lines
                ? LlmEndpoint.Ollama.at(NOWHERE)
                : LlmEndpoint.OpenAi.compatible(NOWHERE, Optional.empty(), "gpt-4o-mini");
    }

    private static void check(LlmClient client, JsonNode expected, String what) {
        var heard = new RecordingListener();
        client.stream(LlmRequest.of("hi"), heard);
        if (expected.has("error")) {
            assertThat(heard.error().getClass().getSimpleName())
                    .as(what)
                    .isEqualTo(expected.path("error").asText());
        } else {
            checkAnswer(heard, heard.response(), expected, what);
        }
        assertThat(heard.ends).as(what).hasValue(1);
        assertThat(heard.afterEnd).as(what).hasValue(0);
    }

    private static void checkAnswer(RecordingListener heard, LlmResponse response, JsonNode expected, String what) {
        assertThat(response.text()).as(what).isEqualTo(expected.path("text").asText());
        assertThat(heard.text.toString()).as(what).isEqualTo(response.text());
        assertThat(heard.thinking.toString())
                .as(what)
                .isEqualTo(expected.path("thinking").asText(""));
        LlmResponse.Metadata metadata = response.metadata();
        if (!expected.path("finish").asText().equals("ANY")) {
            assertThat(metadata.finishReason().map(FinishReason::name).orElse("null"))
                    .as(what)
                    .isEqualTo(expected.path("finish").asText("null"));
        }
        assertThat(metadata.usage()).as(what).isEqualTo(usage(expected));
        assertThat(metadata.refusal().orElse(""))
                .as(what)
                .isEqualTo(expected.path("refusal").asText(""));
        assertThat(calls(heard)).as(what).isEqualTo(calls(expected));
    }

    private static Optional<LlmUsage> usage(JsonNode expected) {
        return expected.has("output")
                ? Optional.of(new LlmUsage(
                        expected.path("input").asLong(),
                        expected.path("cached").asLong(),
                        expected.path("output").asLong(),
                        expected.path("reasoning").asLong()))
                : Optional.empty();
    }

    private static List<String> calls(RecordingListener heard) {
        return heard.tools.stream()
                .map(call -> call.name() + call.arguments().replace(" ", ""))
                .toList();
    }

    private static List<String> calls(JsonNode expected) {
        var calls = new ArrayList<String>();
        expected.path("tools")
                .forEach(call -> calls.add(call.path(1).asText() + call.path(2).asText()));
        return calls;
    }
}
