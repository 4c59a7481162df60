<?php
// Makes a site with the author ana and two categories, and prints her application password.
//   php install.php <folder of WordPress>
$_SERVER['HTTP_HOST'] = parse_url(getenv('ALMANAC_SITE'), PHP_URL_HOST);
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

/** Nothing of a test is mailed. */
function wp_mail()
{
    return true;
}

ob_start();
wp_install('Almanac', 'admin', 'admin@example.org', true, '', wp_generate_password());
update_option('permalink_structure', '/%postname%/');
update_option('upload_path', getenv('ALMANAC_UPLOADS'));
update_option('upload_url_path', getenv('ALMANAC_SITE') . '/uploads');
update_option('timezone_string', 'Europe/Berlin');
$ana = wp_insert_user(array(
    'user_login' => 'ana',
    'user_pass' => wp_generate_password(),
    'user_email' => 'ana@example.org',
    'display_name' => 'Ana',
    'role' => 'author',
));
wp_insert_term('News', 'category');
wp_insert_term('Q&amp;A', 'category', array('slug' => 'q-a'));
list($password) = WP_Application_Passwords::create_new_application_password(
    $ana,
    array('name' => 'Almanac')
);
ob_end_clean();
echo WP_Application_Passwords::chunk_password($password), "\n";
