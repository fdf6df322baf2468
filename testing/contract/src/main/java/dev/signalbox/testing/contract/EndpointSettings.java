package dev.signalbox.testing.contract;

import java.time.Duration;

/** What the contract needs an endpoint to be set to; the rest is the subclass's own affair. */
public record EndpointSettings(
        int maxFrameBytes, int maxOutboundBytes, int maxMessagesPerSecond, Duration authentication, Duration idle) {
    static final EndpointSettings DEFAULT =
            new EndpointSettings(64 << 10, 512 << 10, 100_000, Duration.ofSeconds(10), Duration.ofSeconds(30));

    EndpointSettings withMaxMessagesPerSecond(int most) {
        return new EndpointSettings(maxFrameBytes, maxOutboundBytes, most, authentication, idle);
    }

    EndpointSettings withMaxOutboundBytes(int most) {
        return new EndpointSettings(maxFrameBytes, most, maxMessagesPerSecond, authentication, idle);
    }

    EndpointSettings withAuthentication(Duration longest) {
        return new EndpointSettings(maxFrameBytes, maxOutboundBytes, maxMessagesPerSecond, longest, idle);
    }

    EndpointSettings withIdle(Duration longest) {
        return new EndpointSettings(maxFrameBytes, maxOutboundBytes, maxMessagesPerSecond, authentication, longest);
    }
}
