@NullMarked
package dev.signalbox.maintenance.control;

import org.jspecify.annotations.NullMarked;
