/** The feature {@code maintenance}: takes the node out of service and back. */
@NullMarked
package dev.signalbox.server.maintenance;

import org.jspecify.annotations.NullMarked;
