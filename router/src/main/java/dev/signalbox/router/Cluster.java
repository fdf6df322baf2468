package dev.signalbox.router;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The nodes that a router works with, and itself; from {@link Router#join}. Thread-safe; nothing here blocks. */
public interface Cluster {

    /** The name of the one run of this node. */
    UUID self();

    /** The nodes that live as far as this one knows: itself first, the others in the order of their names. */
    List<ClusterNode> nodes();

    /** A session of another node. */
    record Elsewhere(UUID node, SessionInfo session) {}

    /** The sessions of all other nodes, in no order. */
    List<Elsewhere> elsewhere();

    /** Those of one user on other nodes, in no order. */
    List<Elsewhere> elsewhere(String user);

    /** What does not work now, and why, for people; empty if nothing is wrong. Clients of this node are not affected. */
    Optional<String> problem();

    ClusterCounts counts();
}
