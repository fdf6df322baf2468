package dev.signalbox.observatory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class ContextHeadersTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final List<String> refused = new ArrayList<>();
    private final ContextHeaders headers =
            new ContextHeaders(AllowList.of(List.of("https://logs.example.com")), WireFormat.EVERWORKER, refused::add);

    private ExecutionContext read(Map<String, String> given) {
        return headers.read(given::get);
    }

    @Test
    void everworkersHeaderNamesTheDestination() {
        var context = read(
                Map.of(
                        ContextHeaders.EXECUTION_CONTEXT,
                        "{\"other\":{\"a\":[1]},\"everworkerUrl\":\"https://logs.example.com\",\"observatoryToken\":\"s3cret\"}"));
        var destination = context.destination().orElseThrow();
        assertThat(destination.token()).isEqualTo("s3cret");
        assertThat(destination.endpoint()).hasToString("https://logs.example.com/api/v1/observatory/logs");
        assertThat(context.toString()).doesNotContain("s3cret");
    }

    @Test
    void traceAndBaggageAreRead() {
        var context = read(Map.of(
                ContextHeaders.TRACEPARENT, TRACE, ContextHeaders.BAGGAGE, "tenant=acme;p=1, city=Z%C3%BCrich,bad"));
        assertThat(context.trace().orElseThrow().traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(context.baggage()).isEqualTo(Map.of("tenant", "acme", "city", "Zürich"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz"
            })
    void aMalformedTraceIsIgnored(String header) {
        assertThat(read(Map.of(ContextHeaders.TRACEPARENT, header))).isEqualTo(ExecutionContext.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "[]",
                "{}",
                "{\"everworkerUrl\":7}",
                "{\"everworkerUrl\":\"https://evil.org\",\"observatoryToken\":\"t0ken\"}",
                "{\"everworkerUrl\":\"https://logs.example.com\",\"observatoryToken\":\"t0ken\\r\\nX: y\"}",
                "{\"everworkerUrl\":\"ht tp://\",\"observatoryToken\":\"t0ken\"}"
            })
    void aBadDestinationIsIgnoredAndToldWithoutTheToken(String header) {
        assertThat(read(Map.of(ContextHeaders.EXECUTION_CONTEXT, header))).isEqualTo(ExecutionContext.NONE);
        assertThat(refused).hasSize(1).noneMatch(why -> why.contains("t0ken"));
    }

    @Test
    void aHugeHeaderIsIgnored() {
        assertThat(read(Map.of(ContextHeaders.EXECUTION_CONTEXT, " ".repeat(20_000))))
                .isEqualTo(ExecutionContext.NONE);
        assertThat(refused).hasSize(1);
    }

    @Test
    void theIdsAreInTheMdcWhileTheContextRuns() {
        var context = read(Map.of(ContextHeaders.TRACEPARENT, TRACE));
        MDC.put("trace_id", "before");
        context.run(() -> {
            assertThat(MDC.get("trace_id")).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(ExecutionContext.current()).isEqualTo(context);
        });
        assertThat(MDC.get("trace_id")).isEqualTo("before");
        assertThat(MDC.get("span_id")).isNull();
        MDC.remove("trace_id");
        assertThat(ExecutionContext.current()).isEqualTo(ExecutionContext.NONE);
    }

    @Test
    void noSecretIsShown() {
        var options = ObservatoryOptions.to(
                Destination.of(java.net.URI.create("https://logs.example.com"), "s3cret", WireFormat.OTLP_JSON));
        assertThat(options.toString()).doesNotContain("s3cret");
    }
}
