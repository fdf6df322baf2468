package dev.signalbox.testing.contract;

import dev.signalbox.router.MemoryBroker;
import dev.signalbox.router.TopicHistory;

/** Histories in a broker in this process. */
class MemoryHistoryTest extends TopicHistoryContract {
    private final MemoryBroker broker = MemoryBroker.create();

    @Override
    protected TopicHistory history(String cluster) {
        return broker.history(cluster);
    }
}
