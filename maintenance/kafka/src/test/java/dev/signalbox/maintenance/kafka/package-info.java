@NullMarked
package dev.signalbox.maintenance.kafka;

import org.jspecify.annotations.NullMarked;
