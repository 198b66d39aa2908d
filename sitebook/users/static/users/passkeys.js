// A form that a passkey fills in: the browser asks for a finger, a face or a PIN, and the answer is sent as the form.
// Sentences come with the form; without this script the server answers that passkeys need scripts.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function made({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials) };
  // Kept on the device and opened by its owner only: such a passkey signs in without a password.
  options.authenticatorSelection = { ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  const credential = await navigator.credentials.create({ publicKey: options });
  const { attestationObject, clientDataJSON } = credential.response;
  return [credential, { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports: credential.response.getTransports?.() ?? [] }];
}

async function shown({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey: options });
  const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
  return [credential, { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle ? text(userHandle) : null }];
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).request_options;
}

customElements.define("pass-key", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.said = this.querySelector("[role=alert]");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
  }
  async ask() {
    this.said.hidden = true;
    if (!window.PublicKeyCredential) return this.say(this.dataset.unsupported);
    const button = this.form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    try {
      const [credential, response] = await (this.dataset.act === "make" ? made : shown)(await options(this.form));
      const sent = { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: credential.getClientExtensionResults(), authenticatorAttachment: credential.authenticatorAttachment };
      this.form.elements.credential.value = JSON.stringify(sent);
      this.form.submit();
    } catch (fault) {
      button.removeAttribute("aria-busy");
      this.say({ NotAllowedError: this.dataset.cancelled, InvalidStateError: this.dataset.known, SecurityError: this.dataset.insecure }[fault.name] ?? this.dataset.failed);
    }
    return undefined;
  }
  say(sentence) { this.said.querySelector("span").textContent = sentence; this.said.hidden = false; }
});
