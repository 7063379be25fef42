/**
 * What runs in the worker of hdf5.ts. It is a text, since a worker starts from JavaScript, and there is none where tests run the sources. It sees
 * one file, whose bytes the library asks for as it needs them: links to other files lead nowhere.
 */
export const HDF5_WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const fs = require("node:fs");
const progress = new Int32Array(workerData.progress);
const NAME = "model.h5";
const ATTRIBUTES = /^(?:model_config|layer_names\\d*|weight_names\\d*|dtype)$/;
const MOST_OBJECTS = 50000;
const MOST_DEEP = 32;
const PIECE = 2 ** 22;

import(workerData.library).then(async (h5) => {
  const library = await h5.ready;
  const files = library.FS;
  // The library writes a page about every error; the message says the same in a line.
  const stderr = files.getStream(2);
  stderr.stream_ops = { ...stderr.stream_ops, write: (stream, buffer, offset, length) => length };
  let open = null;

  function offer({ file, bytes }) {
    const handle = bytes === undefined ? fs.openSync(file, "r") : null;
    const length = bytes === undefined ? fs.fstatSync(handle).size : bytes.length;
    // What is read again and again goes round in circles.
    let budget = 64 * length + 2 ** 26;
    files.writeFile(NAME, new Uint8Array());
    const { node } = files.lookupPath(NAME);
    node.usedBytes = length;
    node.stream_ops = {
      ...node.stream_ops,
      read(stream, buffer, offset, wanted, position) {
        progress[0]++;
        const count = Math.max(0, Math.min(wanted, length - position));
        budget -= wanted;
        if (budget < 0) throw new Error("it goes round in circles");
        if (bytes !== undefined) {
          buffer.set(bytes.subarray(position, position + count), offset);
          return count;
        }
        // In pieces, each of which is headway.
        let done = 0;
        for (let got = 1; got > 0 && done < count; done += got) {
          got = fs.readSync(handle, buffer, offset + done, Math.min(count - done, PIECE), position + done);
          progress[0]++;
        }
        return done;
      },
    };
    return () => {
      if (handle !== null) fs.closeSync(handle);
      node.usedBytes = 0;
      files.unlink(NAME);
    };
  }

  function texts(owner) {
    const found = {};
    const attributes = owner.attrs;
    for (const name of Object.keys(attributes)) {
      if (!ATTRIBUTES.test(name)) continue;
      const attribute = attributes[name];
      if (attribute.metadata.type !== library.H5T_class_t.H5T_STRING.value) continue;
      if (attribute.metadata.size * attribute.metadata.total_size > 2 ** 28) throw new Error("an attribute " + name + " is too large");
      found[name] = attribute.value;
    }
    return found;
  }

  function treeOf(group, left, depth) {
    progress[0]++;
    if (depth > MOST_DEEP) throw new Error("it nests more than " + MOST_DEEP + " groups");
    const tree = { texts: texts(group), groups: {}, datasets: {} };
    for (const name of group.keys()) {
      if (--left.count < 0) throw new Error("it has more than " + MOST_OBJECTS + " objects");
      // What an optimiser needs to go on is as much as the model, and of no use here.
      if (depth === 0 && name.startsWith("optimizer")) continue;
      const found = group.get(name);
      if (found instanceof h5.Group) tree.groups[name] = treeOf(found, left, depth + 1);
      else if (found instanceof h5.Dataset) tree.datasets[name] = datasetOf(found);
    }
    return tree;
  }

  function datasetOf(dataset) {
    const { shape, size, type, littleEndian, total_size: count } = dataset.metadata;
    const { H5T_FLOAT, H5T_INTEGER } = library.H5T_class_t;
    const kind = type === H5T_FLOAT.value ? "float" : type === H5T_INTEGER.value ? "integer" : "other";
    return { shape: shape ?? [], size, kind, littleEndian, bytes: size * count, texts: texts(dataset) };
  }

  const handlers = {
    open(place) {
      const remove = offer(place);
      let file = null;
      try {
        file = new h5.File(NAME, "r");
        if (file.file_id < 0n) throw new Error("it is cut off, damaged, or another format");
        const tree = treeOf(file, { count: MOST_OBJECTS }, 0);
        open = { file, remove };
        return tree;
      } catch (error) {
        if (file !== null && file.file_id >= 0n) file.close();
        remove();
        throw error;
      }
    },
    read({ path, bytes }) {
      const at = library._malloc(Math.max(bytes, 1));
      if (at === 0) throw new Error(path + " needs " + bytes + " bytes of memory, which there are not");
      try {
        const status = library.get_dataset_data(open.file.file_id, path, null, null, null, BigInt(at));
        if (status < 0) throw new Error(path + " is damaged, or packed by a filter that there is not");
        return library.HEAPU8.slice(at, at + bytes);
      } finally {
        library._free(at);
      }
    },
    close() {
      open.file.close();
      open.remove();
      open = null;
    },
  };

  parentPort.on("message", ({ what, ...given }) => {
    try {
      parentPort.postMessage({ value: handlers[what](given) });
    } catch (error) {
      // After a trap the memory of the library may be anything.
      parentPort.postMessage({ error: String(error?.message ?? error), isBroken: !(error instanceof Error) || error instanceof WebAssembly.RuntimeError });
    }
  });
  parentPort.postMessage({ value: "ready" });
});
`;
