/* The search of these pages runs in a web worker, which browsers don't start from a file on the disk.
   There, a hidden frame takes the worker's place; its name makes the offline plugin use this file. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe")
    #ready

    constructor(script) {
      super()
      this.#frame.hidden = true
      document.body.append(this.#frame)
      const inside = this.#frame.contentWindow
      inside.postMessage = data => this.#deliver(data)
      inside.importScripts = (...scripts) => Promise.all(scripts.map(one => this.#load(one)))
      this.#ready = this.#load(script)
    }

    postMessage(data) {
      const inside = this.#frame.contentWindow
      this.#ready.then(() => inside.dispatchEvent(new MessageEvent("message", { data })))
    }

    terminate() {
      this.#frame.remove()
    }

    #deliver(data) {
      const event = new MessageEvent("message", { data })
      this.dispatchEvent(event)
      this.onmessage?.(event)
    }

    #load(address) {
      return new Promise((resolve, reject) => {
        const element = this.#frame.contentDocument.createElement("script")
        Object.assign(element, { src: address, onload: resolve, onerror: reject })
        this.#frame.contentDocument.body.append(element)
      })
    }
  }
}
