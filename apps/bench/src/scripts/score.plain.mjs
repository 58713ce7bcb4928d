// The sample's handler as a plain JavaScript function: what rings, pool and bridge cost without an interpreter.
export default ({ spoa }) => {
  spoa.register_message('check-client-ip', (args) => {
    const [flag, integer, ipv4, , host] = args;
    const score =
      (integer.value * 7 + ipv4.value.charCodeAt(3) + host.value.length + (flag.value === true ? 1 : 0)) % 101;
    spoa.set_var_int32('ip_score', spoa.scope.sess, score);
  });
};
