package dev.signalbox.server.observatory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.AllowList;
import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.observatory.WireFormat;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogContextsTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final LogContexts contexts = new LogContexts(new ContextHeaders(
            AllowList.of(List.of("https://logs.example.com")), WireFormat.EVERWORKER, refused -> {}));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessagesContextReachesTheLogicAndItsTokenNobodyElse(boolean worker) throws Exception {
        var seen = new CompletableFuture<ExecutionContext>();
        var headers = new CompletableFuture<Map<String, String>>();
        Logic.Handler handler = (message, context) -> {
            headers.complete(message.headers());
            seen.complete(ExecutionContext.current());
        };
        try (var router = Router.create(RouterOptions.defaults())) {
            router.add("log", LogContexts.around(worker ? Logic.worker(handler) : Logic.dispatched(handler)));
            var message = Message.of(Address.client("alice"), Address.logic("log"), Payload.text("hello"))
                    .withHeader("TraceParent", TRACE)
                    .withHeader(
                            "x-everworker-execution-context",
                            "{\"everworkerUrl\":\"https://logs.example.com\",\"observatoryToken\":\"s3cret\"}");
            router.send(contexts.read(message));
            var context = seen.get(10, TimeUnit.SECONDS);
            assertThat(context.destination().orElseThrow().token()).isEqualTo("s3cret");
            assertThat(context.trace()).isPresent();
            assertThat(headers.get(10, TimeUnit.SECONDS)).isEqualTo(Map.of("TraceParent", TRACE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"everworkerUrl\":\"https://evil.org\"}", "rubbish"})
    void aHeaderThatIsNotAllowedIsTakenOutAllTheSame(String header) {
        var message = Message.of(Address.client("alice"), Address.logic("log"), Payload.text("hello"))
                .withHeader(ContextHeaders.EXECUTION_CONTEXT, header)
                .withHeader("other", "stays");
        var applied = contexts.read(message);
        assertThat(applied.headers()).isEqualTo(Map.of("other", "stays"));
        assertThat(applied.tags()).isEmpty();
    }
}
