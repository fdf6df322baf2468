package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.GrpcCall;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.io.IOException;
import java.net.URI;

/** Frames over gRPC. */
final class GrpcTransport implements ClientTransport {
    private final GrpcCall call;

    private GrpcTransport(GrpcCall call) {
        this.call = call;
    }

    static ClientTransport open(URI url, Secret token, Listener listener) {
        try {
            return new GrpcTransport(GrpcCall.open(url, token.value(), LARGEST_FRAME, PATIENCE, new Frames(listener)));
        } catch (IOException e) {
            throw ClientTransport.unreachable(url, FailureText.of(e), e);
        }
    }

    @Override
    public void write(String json) {
        call.write(json);
    }

    @Override
    public void close() {
        call.close();
    }

    private record Frames(Listener listener) implements GrpcCall.Listener {
        @Override
        public void frame(String json) {
            listener.frame(json);
        }

        @Override
        public void ended(String reason) {
            listener.failed(reason);
        }
    }
}
