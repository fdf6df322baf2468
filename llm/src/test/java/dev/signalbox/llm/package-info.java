@NullMarked
package dev.signalbox.llm;

import org.jspecify.annotations.NullMarked;
