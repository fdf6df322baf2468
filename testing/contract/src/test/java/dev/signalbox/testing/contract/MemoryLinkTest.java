package dev.signalbox.testing.contract;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.MemoryBroker;

/** Links over a broker in this process. */
class MemoryLinkTest extends ClusterLinkContract {
    private final MemoryBroker broker = MemoryBroker.create();

    @Override
    protected ClusterLink link(String cluster) {
        return broker.link(cluster);
    }

    @Override
    protected void stopBroker() {
        broker.stop();
    }

    @Override
    protected void startBroker() {
        broker.start();
    }
}
