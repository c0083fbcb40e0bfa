/// <reference types="vite/client" />
declare module '*.json?compiled' {
  const messages: import('@lingui/core').Messages;
  export default messages;
}
