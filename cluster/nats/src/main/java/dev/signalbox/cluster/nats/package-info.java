/** Links between nodes over NATS. */
@NullMarked
package dev.signalbox.cluster.nats;

import org.jspecify.annotations.NullMarked;
