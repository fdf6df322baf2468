@NullMarked
package dev.signalbox.server.maintenance;

import org.jspecify.annotations.NullMarked;
