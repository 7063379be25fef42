// One program for both workers, so that a browser fetches TensorFlow.js once; each instance is asked for one kind of work only.
import "./trainer.js";
import "./timer.js";
