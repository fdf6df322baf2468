/**
 * Two nodes that watch each other over HTTP, without a store: advisory. {@link PeerMonitor} looks, PeerRules decides, Damping keeps a
 * peer that comes and goes from taking this node with it.
 */
@NullMarked
package dev.signalbox.ha.peer;

import org.jspecify.annotations.NullMarked;
