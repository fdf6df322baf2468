/** Which node dispatches, when one alone shall. */
@NullMarked
package dev.signalbox.server.leases;

import org.jspecify.annotations.NullMarked;
