namespace Ilium.Topology.Schema;

/// <summary>Keyspaces that servers make by themselves, which nobody exports or compares.</summary>
internal static class SystemKeyspaces
{
    internal static bool Contains(string keyspace) => keyspace switch
    {
        "system" or "system_schema" or "system_auth" or "system_distributed" or "system_traces" or "system_views" or "system_virtual_schema" => true,
        "system_cluster_metadata" or "system_metrics" or "system_guardrails" => true,
        // DSE.
        "system_backups" or "solr_admin" or "dse_auth" or "dse_leases" or "dse_perf" or "dse_security" or "dse_system" or "dse_system_local" or "dse_insights"
            or "dse_insights_local" or "dse_analytics" or "dsefs" => true,
        // ScyllaDB and Amazon Keyspaces.
        "system_distributed_everywhere" or "system_replicated_keys" or "system_schema_mcs" or "system_multiregion_info" or "audit" => true,
        _ => false,
    };
}
