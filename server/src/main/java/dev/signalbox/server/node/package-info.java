/** A node: what features share, and how they start and stop. */
@NullMarked
package dev.signalbox.server.node;

import org.jspecify.annotations.NullMarked;
