/** Several nodes that act as one: their link, who they are, and how to see it. */
@NullMarked
package dev.signalbox.server.cluster;

import org.jspecify.annotations.NullMarked;
