package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** docs/protocol.md says what the code does. */
class ProtocolDocumentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "019a4f2e-0000-7000-8000-000000000000";

    private final String document;

    ProtocolDocumentTest() throws IOException {
        document = Files.readString(Path.of("../../docs/protocol.md"));
    }

    /** From a heading to the next one of its rank. */
    private String section(String heading) {
        int from = document.indexOf(heading);
        return document.substring(from, document.indexOf("\n## ", from));
    }

    private Stream<String> firstColumn(String pattern) {
        return Pattern.compile("^\\| " + pattern + " \\|", Pattern.MULTILINE)
                .matcher(document)
                .results()
                .map(match -> match.group(1));
    }

    private static List<JsonNode> examples(String section) {
        return Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
                .matcher(section)
                .results()
                .map(MatchResult::group)
                .flatMap(block -> Arrays.stream(block.split("\\n(?=\\{)|```json\\n|```")))
                .filter(each -> !each.isBlank())
                .map(each -> JSON.readTree(each.replace("019a4f2e-…", ID)))
                .toList();
    }

    @Test
    void everyFrameThatAClientSendsIsUnderstood() throws MalformedFrameException {
        List<JsonNode> examples = examples(section("## What a client sends"));

        assertThat(examples).hasSize(15);
        for (JsonNode example : examples) {
            byte[] frame = example.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(Commands.only(frame, List.of())).isNotNull();
        }
    }

    @Test
    void everyFrameThatTheServerSendsIsThere() {
        assertThat(examples(section("## What the server sends")))
                .extracting(each -> each.get("type").asString())
                .containsExactly(
                        "open",
                        "welcome",
                        "ping",
                        "close",
                        "message",
                        "message",
                        "message",
                        "message",
                        "message",
                        "gap",
                        "gap",
                        "subscribed",
                        "unsubscribed",
                        "request",
                        "reply",
                        "ok",
                        "ok",
                        "ok",
                        "ok",
                        "ok",
                        "error",
                        "error");
    }

    @Test
    void theTableOfErrorsIsComplete() {
        assertThat(firstColumn("`([a-z-]+)`")
                        .filter(each -> each.contains("-")
                                || each.matches("forbidden|rejected|overloaded|timeout|malformed|closing|unreachable")))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    }

    @Test
    void theTableOfCloseCodesIsComplete() {
        assertThat(firstColumn("(\\d{4})"))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of(CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_DATA),
                                Arrays.stream(CloseReason.values())
                                        .map(reason -> CloseCode.of(reason).code()))
                        .map(String::valueOf)
                        .toList());
    }
}
