// What a service worker has and other workers have not.

declare const clients: Clients
declare const registration: ServiceWorkerRegistration
declare const skipWaiting: ServiceWorkerGlobalScope["skipWaiting"]
interface WorkerGlobalScope extends Pick<ServiceWorkerGlobalScope, "oninstall" | "onactivate" | "onfetch"> {}

/** A message from a page. */
type Asking = MessageEvent<Wish> & { source: Client; waitUntil(work: unknown): void }
