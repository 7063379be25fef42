import names from "../model/classes.json";
import head from "../model/head.safetensors";
import { createApp } from "./app.js";
import { Model } from "./model.js";

export default createApp(new Model(head, names));
