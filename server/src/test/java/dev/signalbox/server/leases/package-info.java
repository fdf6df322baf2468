@NullMarked
package dev.signalbox.server.leases;

import org.jspecify.annotations.NullMarked;
