package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.ObservatorySimulator;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From a request's headers to the destination that they name, for each kind of server. */
class HeadersToContextTest {
    private final ObservatorySimulator sink = Fixtures.sink();
    private final ObservatorySimulator theirs = Fixtures.sink();
    private final AllowList allowed = AllowList.of(List.of(theirs.url().toString()));
    private final List<String> refused = new ArrayList<>();
    private final ContextHeaders headers = new ContextHeaders(allowed, WireFormat.EVERWORKER, refused::add);
    private final Observatory observatory = Observatory.start(quick(to(sink)).withAllowed(allowed));
    private final String header =
            "{\"everworkerUrl\":\"" + theirs.url() + "\",\"observatoryToken\":\"" + Fixtures.TOKEN + "\"}";

    @AfterEach
    void close() {
        observatory.close();
        sink.close();
        theirs.close();
    }

    private void logged(String with, String without) {
        soon().until(() -> theirs.records().size() + sink.records().size() == 2);
        assertThat(messages(theirs)).containsExactly(with);
        assertThat(messages(sink)).containsExactly(without);
        assertThat(refused).isEmpty();
    }

    @Test
    void servlet() throws Exception {
        var filter = new ObservatoryServletFilter(headers);
        filter.doFilter(request(header), response(), logs("with"));
        filter.doFilter(request(null), response(), logs("without"));
        logged("with", "without");
    }

    private FilterChain logs(String message) {
        return (request, response) -> observatory.log(Severity.INFO, message);
    }

    private static HttpServletRequest request(@org.jspecify.annotations.Nullable String header) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) ->
                        ContextHeaders.EXECUTION_CONTEXT.equals(arguments == null ? null : arguments[0])
                                ? header
                                : null);
    }

    private static HttpServletResponse response() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                HttpServletResponse.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> null);
    }

    @Test
    void grpc() throws Exception {
        var method = MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("log/Log")
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
        var service = ServerServiceDefinition.builder("log")
                .addMethod(method, ServerCalls.<String, String>asyncUnaryCall((message, answer) -> {
                    observatory.log(Severity.INFO, message);
                    answer.onNext(ObservatoryGrpcInterceptor.CONTEXT
                            .get()
                            .destination()
                            .map(Destination::toString)
                            .orElse("none"));
                    answer.onCompleted();
                }))
                .build();
        var server = InProcessServerBuilder.forName("headers")
                .addService(ServerInterceptors.intercept(service, new ObservatoryGrpcInterceptor(headers)))
                .build()
                .start();
        var channel = InProcessChannelBuilder.forName("headers").build();
        try {
            var metadata = new Metadata();
            metadata.put(Metadata.Key.of(ContextHeaders.EXECUTION_CONTEXT, Metadata.ASCII_STRING_MARSHALLER), header);
            var with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
            assertThat(ClientCalls.blockingUnaryCall(with, method, CallOptions.DEFAULT, "with"))
                    .contains(theirs.url().toString());
            assertThat(ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, "without"))
                    .isEqualTo("none");
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
        logged("with", "without");
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
