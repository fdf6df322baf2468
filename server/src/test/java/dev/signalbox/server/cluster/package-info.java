/** Several nodes that act as one. */
@NullMarked
package dev.signalbox.server.cluster;

import org.jspecify.annotations.NullMarked;
