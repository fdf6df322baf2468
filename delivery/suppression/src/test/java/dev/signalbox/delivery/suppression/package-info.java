@NullMarked
package dev.signalbox.delivery.suppression;

import org.jspecify.annotations.NullMarked;
