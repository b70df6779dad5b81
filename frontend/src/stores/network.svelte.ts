/** Whether the network is there, as far as the browser and the latest request know. */

class Network {
  isOnline = $state(navigator.onLine);
  /** Moment of the latest answer of the API: what is shown is as old as that, while there is no network. */
  answeredAt = $state(Date.now());

  start(): void {
    addEventListener("online", () => {
      this.isOnline = true;
    });
    addEventListener("offline", () => {
      this.isOnline = false;
    });
  }

  /** Note that an answer came, whatever it says. */
  answered(): void {
    this.isOnline = true;
    this.answeredAt = Date.now();
  }

  /** Note that no answer came. */
  unreachable(): void {
    this.isOnline = false;
  }
}

export const network = new Network();
