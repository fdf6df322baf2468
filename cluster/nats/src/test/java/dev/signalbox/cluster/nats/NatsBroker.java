package dev.signalbox.cluster.nats;

import dev.signalbox.testing.contract.FaultyStore;
import dev.signalbox.testing.services.RealNats;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import java.io.IOException;

/** A real server as contracts want it. */
record NatsBroker(RealNats nats) implements FaultyStore {
    @Override
    public int port() {
        return nats.port();
    }

    @Override
    public void kill() {
        nats.kill();
    }

    @Override
    public void startAgain() {
        nats.startAgain();
    }

    @Override
    public void freeze() {
        nats.freeze();
    }

    @Override
    public void thaw() {
        nats.thaw();
    }

    @Override
    public void save() {
        nats.save();
    }

    @Override
    public void goBack() {
        nats.goBack();
    }

    @Override
    public void empty() {
        try (Connection connection = Nats.connect(nats.url())) {
            JetStreamManagement streams = connection.jetStreamManagement();
            for (String each : streams.getStreamNames()) {
                streams.deleteStream(each);
            }
        } catch (IOException | InterruptedException | JetStreamApiException e) {
            throw new IllegalStateException("the streams could not be deleted", e);
        }
    }

    @Override
    public void close() {
        nats.close();
    }
}
