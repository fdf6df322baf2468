/** Clients over WebSocket, on Netty. */
@NullMarked
package dev.signalbox.endpoint.netty;

import org.jspecify.annotations.NullMarked;
